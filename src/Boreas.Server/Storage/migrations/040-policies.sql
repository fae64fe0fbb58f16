-- Deployments that wait until their apps are free. The lowest ticket is let in first; who holds stands in app_locks.
create table app_queue (
    run_id text not null,
    app_id text not null,
    environment_id text not null,
    ticket bigint not null,
    -- In whose name it starts when it is let in; null: it is to be started by a person.
    start_by text,
    primary key (run_id, app_id)
);
create index app_queue_by_app on app_queue (app_id, environment_id, ticket);

-- JSON: who confirmed a task, what an environment asks of those who do, and when it is frozen.
alter table tasks add column approvals text;
alter table environments add column confirm text;
alter table environments add column freezes text;
