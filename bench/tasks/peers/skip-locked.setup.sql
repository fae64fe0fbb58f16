create table jobs (id bigint primary key, state integer not null default 0, payload text not null);
create index jobs_ready on jobs (id) where state = 0;
insert into jobs (id, payload) select i, '{}' from generate_series(1, :tasks) i;
analyze jobs;
