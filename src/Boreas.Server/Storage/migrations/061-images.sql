-- Images that builds pushed. A tag that is pushed again is the same row, with what it names now.
create table images (
    repository text not null,
    tag text not null,
    digest text not null,
    app_id text not null references apps (id) on delete cascade,
    run_id text not null,
    built_at bigint not null,
    -- When it was deleted from the registry; what asks for it after that is refused.
    gone_at bigint,
    primary key (repository, tag)
);
-- Few of them are not removed.
create index instances_by_state on instances (state);
create index images_by_app on images (app_id, built_at);
