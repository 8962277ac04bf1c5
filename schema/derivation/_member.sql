m.source, m.subject, m.joined_source, m.joined_subject, m.position, m.only_adds_facts, m.evidence
