-- Groups of users, which rules for confirming name.
create table user_groups (
    name text primary key,
    created_at bigint not null
);

create table group_members (
    group_name text not null references user_groups (name) on delete cascade,
    user_id text not null references users (id) on delete cascade,
    primary key (group_name, user_id)
);
create index group_members_by_user on group_members (user_id);
