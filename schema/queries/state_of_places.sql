-- A text that changes with each change of a place, because each change sets a generation larger than all before.
SELECT count(*) || ' ' || coalesce(sum(generation), 0) FROM place
