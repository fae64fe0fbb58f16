-- Until when an instance that was replaced stays, so that traffic can go back to it at once.
alter table instances add column warm_until bigint;
