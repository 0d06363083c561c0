-- Near names are found in memory (NearNames), so nothing asks for this key, and every change of a name paid for it.

ALTER TABLE firm DROP COLUMN name_key;
DROP FUNCTION name_key(text);
