-- What deployments, the fleet and the routes need beside the journal.
create table deployments (
    run_id text primary key,
    project text not null,
    version_id text not null,
    version_name text not null,
    environment_id text not null,
    environment text not null,
    app_ids text not null,
    spec text not null,
    created_by text not null,
    created_at bigint not null
);
create index deployments_newest on deployments (created_at desc, run_id desc);

-- One active deployment per app and environment.
create table app_locks (
    app_id text not null,
    environment_id text not null,
    run_id text not null,
    primary key (app_id, environment_id)
);
create index app_locks_by_run on app_locks (run_id);

-- What the embedded Git accepted, once each. Waiting: it is deployed when the app's active deployment has ended.
create table pushes (
    repository text not null,
    ref text not null,
    number integer not null,
    old_commit text not null,
    commit_id text not null,
    pushed_by text,
    waiting boolean not null,
    run_id text,
    message text not null,
    at bigint not null,
    primary key (repository, ref, number)
);

create table runners (
    name text primary key,
    labels text not null,
    capacity integer not null,
    version text,
    seen_at bigint not null
);

create table nodes (
    name text primary key,
    url text not null,
    engine text not null,
    node_key text not null,
    labels text not null,
    capacity integer not null,
    cordoned boolean not null,
    version text,
    instances text not null,
    seen_at bigint not null
);

-- Instances that somebody asked for. State: 0 planned, 1 routed, 2 replaced, 3 removed.
create table instances (
    id text primary key,
    run_id text not null,
    task_id text not null,
    app_id text not null,
    environment_id text not null,
    node text not null,
    state integer not null,
    address text,
    release text not null,
    created_at bigint not null,
    changed_at bigint not null
);
create index instances_by_app on instances (app_id, environment_id, state);
create index instances_by_node on instances (node, state);

-- What serves an app in an environment. `previous` is what served before the run that set it.
create table routes (
    app_id text not null,
    environment_id text not null,
    environment text not null,
    prefix text not null,
    run_id text not null,
    version_name text not null,
    commit_id text,
    targets text not null,
    version bigint not null,
    primary key (app_id, environment_id)
);

-- What a run found serving when it first changed the routes of an app: what its roll-back restores.
create table routes_before (
    run_id text not null,
    app_id text not null,
    environment_id text not null,
    before_run_id text,
    version_name text,
    commit_id text,
    targets text not null,
    primary key (run_id, app_id, environment_id)
);

create table gateways (
    name text primary key,
    version bigint not null,
    traffic text not null,
    seen_at bigint not null
);
