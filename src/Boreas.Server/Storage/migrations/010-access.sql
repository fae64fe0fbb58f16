-- Who may call. A role is 0 viewer, 1 developer, 2 approver, 3 admin.
create table users (
    id text primary key,
    name text not null unique,
    password_hash text not null,
    -- Changes with the password: sessions that began with another one are over.
    stamp text not null,
    admin boolean not null,
    disabled boolean not null,
    created_at bigint not null
);

create table memberships (
    user_id text not null references users (id) on delete cascade,
    project text not null,
    role integer not null,
    primary key (user_id, project)
);

-- Only the SHA-256 of a token is known here. Kind: 0 user, 1 runner, 2 agent, 3 gateway, 4 forge.
create table tokens (
    id text primary key,
    hash text not null unique,
    name text not null,
    kind integer not null,
    -- Null for the tokens that the parts of one process use among each other.
    owner_id text references users (id) on delete cascade,
    -- The token with which this one was made: it is revoked together with it.
    maker_id text,
    role integer,
    project text,
    created_at bigint not null,
    expires_at bigint,
    last_used_at bigint,
    revoked boolean not null
);
create index tokens_by_owner on tokens (owner_id);
create index tokens_by_maker on tokens (maker_id);

-- Sessions that were ended before their cookie expired; a row is kept as long as such a cookie could be valid.
create table ended_sessions (
    id text primary key,
    ended_at bigint not null
);

create table audit (
    id /*postgres: bigint generated always as identity primary key */ /*sqlite: integer primary key autoincrement */,
    at bigint not null,
    actor text not null,
    address text,
    action text not null,
    target text,
    outcome text not null,
    detail text
);
