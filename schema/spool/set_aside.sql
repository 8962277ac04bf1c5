UPDATE delivery SET set_aside = ?2 WHERE number = ?1 AND set_aside IS NULL
