-- Saved graphs of tasks. A version never changes.
create table templates (
    id text primary key,
    name text not null,
    project text not null,
    newest integer not null,
    created_at bigint not null,
    unique (project, name)
);

create table template_versions (
    template_id text not null references templates (id) on delete cascade,
    version integer not null,
    description text,
    parameters text not null,
    tasks text not null,
    created_by text not null,
    created_at bigint not null,
    primary key (template_id, version)
);
