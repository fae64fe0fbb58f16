-- Claim and complete, each durable: what a queue on PostgreSQL costs at the least.
update jobs set state = 1 where id = (select id from jobs where state = 0 order by id for update skip locked limit 1) returning id \gset
update jobs set state = 2 where id = :id;
