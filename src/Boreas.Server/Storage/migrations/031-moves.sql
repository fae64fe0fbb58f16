-- Whether the instances of a cordoned node are to be moved to other nodes.
alter table nodes add column draining boolean not null default false;

-- Since when an instance is kept out of the routes because its node is lost; it comes back when the node does.
alter table instances add column lost_at bigint;
