-- The id in the names of this database's indices in Elasticsearch, so that databases can share a cluster. At most one
-- row, which the first process with ELASTICSEARCH_URL inserts.
CREATE TABLE elasticsearch_indices (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  database_id text NOT NULL DEFAULT left(replace(gen_random_uuid()::text, '-', ''), 12)
);
