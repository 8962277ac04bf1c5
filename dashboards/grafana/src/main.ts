// Writes every dashboard to a folder: main.js FOLDER SCHEMA, where SCHEMA is schema/grafana
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { daemon } from './daemon';
import { monthlyTrends } from './monthly_trends';
import { releaseHealth } from './release_health';
import { service } from './service';

// Grafana 9 to 12 load this version; newer releases migrate it.
const schemaVersion = 39;

for (const [file, builder] of Object.entries({ 'release-health': releaseHealth, service, 'monthly-trends': monthlyTrends, daemon })) {
  const made = { ...builder.build(), schemaVersion, id: null };
  writeFileSync(join(process.argv[2], `${file}.json`), JSON.stringify(made, null, 2) + '\n');
}
