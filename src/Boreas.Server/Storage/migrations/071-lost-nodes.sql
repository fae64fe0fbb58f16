-- Since when a node counts as lost; null: it does not. The next heartbeat clears it.
alter table nodes add column lost_at bigint;
