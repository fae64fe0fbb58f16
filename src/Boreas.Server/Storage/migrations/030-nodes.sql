-- A cordoned node takes no new instances: who wants that, and why.
alter table nodes add column cordoned_because text;
alter table nodes add column cordoned_by text;
alter table nodes add column cordoned_at bigint;

-- Why an instance is on this node and not on another.
alter table instances add column placed_because text;
