-- Whether an app's clients stay with one instance while it takes traffic.
alter table apps add column sticky_sessions boolean not null default false;
