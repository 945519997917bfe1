// node main.mjs <address of /graphql> <token of author@demo.example>
import { apollo } from "./apollo.mjs";
import { audits } from "./audits.mjs";
import { streams } from "./streams.mjs";
import { urql } from "./urql.mjs";

const [url, token] = process.argv.slice(2);
const place = { url, socket: url.replace("http", "ws"), token };
await Promise.all([audits(url), apollo(place), urql(place), streams(place)]);
process.exit(0);
