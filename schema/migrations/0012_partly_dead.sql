-- Accepted deliveries with elements that could not be read: `detail` names them, and `replay` reads them again.
CREATE INDEX delivery_partly_dead ON delivery (id) WHERE outcome = 'accepted' AND detail <> '';
