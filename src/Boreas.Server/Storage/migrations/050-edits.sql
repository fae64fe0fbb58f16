-- Grows with every edit of a run's graph.
alter table runs add column graph_version integer not null default 1;
