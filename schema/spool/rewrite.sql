UPDATE delivery SET detail = ?2, headers = ?3, body = ?4, events = ?5, set_aside = ?6 WHERE number = ?1
