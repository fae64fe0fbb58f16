-- The journal and what is kept in step with it. Times are microseconds since 1970, UTC.
-- What differs between the databases stands in /*postgres: … */ and /*sqlite: … */.
create table journal_head (
    one integer primary key default 1 check (one = 1),
    sequence bigint not null,
    routes_version bigint not null
);
insert into journal_head (sequence, routes_version) values (0, 0);

create table events (
    sequence bigint primary key,
    stream text not null,
    version integer not null,
    name text not null,
    at bigint not null,
    data text not null,
    unique (stream, version)
);

create table runs (
    id text primary key,
    kind text not null,
    project text not null,
    status integer not null,
    active boolean not null,
    rolling_back boolean not null,
    progress integer not null,
    version integer not null,
    error_message text,
    broken text,
    created_at bigint not null,
    updated_at bigint not null,
    started_at bigint,
    completed_at bigint
);
create index runs_active on runs (id) where active;
create index runs_newest on runs (project, created_at desc, id desc);

create table tasks (
    run_id text not null,
    position integer not null,
    id text not null,
    app_id text,
    name text not null,
    type integer not null,
    executor text not null,
    block_by text not null,
    ord integer not null,
    payload text,
    max_attempts integer not null,
    timeout_seconds integer not null,
    require_confirm boolean not null,
    created_at bigint not null,
    status integer not null,
    attempt integer not null,
    runner text,
    result text,
    failure text,
    confirmed_by text,
    confirmed_at bigint,
    lease_expires_at bigint,
    updated_at bigint not null,
    started_at bigint,
    completed_at bigint,
    primary key (run_id, position)
) /*postgres: with (fillfactor = 60) */ /*sqlite: without rowid */;
create unique index tasks_by_id on tasks (run_id, id);

create table idempotency_keys (
    scope text not null,
    key text not null,
    request_hash text not null,
    response text not null,
    created_at bigint not null,
    primary key (scope, key)
);

-- Lines of a task's log as gzipped JSON, in chunks that can be sent twice without harm.
create table log_chunks (
    run_id text not null,
    task_id text not null,
    attempt integer not null,
    first_line bigint not null,
    lines integer not null,
    body /*postgres: bytea */ /*sqlite: blob */ not null,
    primary key (run_id, task_id, attempt, first_line)
);
