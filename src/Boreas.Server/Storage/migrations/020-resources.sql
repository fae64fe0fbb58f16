-- What is deployed, where to, and what it needs. `version` counts changes, for ETags.
create table apps (
    id text primary key,
    name text not null,
    project text not null,
    owner_id text not null,
    source text not null,
    image_repository text,
    registry text,
    container_port integer not null,
    health_check text not null,
    replicas integer not null,
    limits text not null,
    variables text not null,
    version integer not null,
    created_at bigint not null,
    updated_at bigint not null
);
create index apps_by_project on apps (project, id);

create table environments (
    id text primary key,
    name text not null,
    project text not null,
    is_default boolean not null,
    require_confirm boolean not null,
    node_labels text not null,
    variables text not null,
    version integer not null,
    created_at bigint not null,
    unique (project, name)
);
create unique index environments_default on environments (project) where is_default;

create table versions (
    id text primary key,
    name text not null,
    project text not null,
    apps text not null,
    created_by text not null,
    created_at bigint not null,
    unique (project, name)
);
create index versions_newest on versions (project, created_at desc, id desc);

create table registries (
    name text primary key,
    host text not null,
    project text not null,
    plain_http boolean not null,
    user_name text,
    -- Encrypted, as the values below are; the key is not in this database.
    password text,
    version integer not null,
    created_at bigint not null
);
create index registries_by_project on registries (project, name);

create table secrets (
    app_id text not null references apps (id) on delete cascade,
    name text not null,
    value text not null,
    updated_at bigint not null,
    updated_by text not null,
    primary key (app_id, name)
);
