// GraphQL over HTTP: the audits of graphql-http, of which none may fail or warn.
import { serverAudits } from "graphql-http";
import { check } from "./say.mjs";

export async function audits(url) {
  const all = serverAudits({ url, fetchFn: fetch });
  for (const audit of all) {
    await check(`audit ${audit.id}`, async () => {
      const result = await audit.fn();
      if (result.status !== "ok") throw new Error(`${audit.name}: ${result.status}: ${result.reason}`);
    });
  }
  await check("audits", async () => {
    if (all.length < 61) throw new Error(`only ${all.length} audits`);
  });
}
