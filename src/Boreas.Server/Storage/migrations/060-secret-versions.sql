-- The values of secrets, numbered. A value never changes: a deployment names the number that it runs with, so that
-- going back brings the value back as well.
create table secret_versions (
    app_id text not null references apps (id) on delete cascade,
    name text not null,
    version integer not null,
    -- Encrypted. Null when it is gone for good; the number stays, so that it is not given again.
    value text,
    is_current boolean not null,
    updated_at bigint not null,
    updated_by text not null,
    primary key (app_id, name, version)
);
insert into secret_versions (app_id, name, version, value, is_current, updated_at, updated_by) select app_id, name, 1, value, true, updated_at, updated_by from secrets;
drop table secrets;
