import { Client, cacheExchange, fetchExchange, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { DENIED, LIVE, RENAME, ME, STORY, isAuthor, isDenied, isStory } from "./ask.mjs";
import { check, same } from "./say.mjs";

function failed({ error }) {
  if (error) throw error;
}

export async function urql({ url, socket, token }) {
  const exchanges = [cacheExchange, fetchExchange];
  const visitor = new Client({ url, exchanges, preferGetMethod: false });
  const byGet = new Client({ url, exchanges, preferGetMethod: "force" });
  const fetchOptions = { headers: { authorization: `Bearer ${token}` } };
  const author = new Client({ url, exchanges, preferGetMethod: false, fetchOptions });
  for (const [how, one] of [["POST", visitor], ["GET", byGet]]) {
    await check(`urql query by ${how}`, async () => {
      const result = await one.query(STORY, { n: 1 }).toPromise();
      failed(result);
      isStory(result.data);
    });
  }
  await check("urql denied field", async () => {
    const { data, error } = await visitor.query(DENIED, {}).toPromise();
    isDenied(data, error.graphQLErrors);
  });
  await check("urql signed in", async () => isAuthor((await author.query(ME, {}).toPromise()).data));
  await check("urql mutation", async () => {
    same((await author.mutation(RENAME, {}).toPromise()).data.updateAccount.problems, []);
  });
  // Its own way to subscribe: by its default Accept, over server-sent events.
  const streams = new Client({ url, exchanges: [fetchExchange], fetchSubscriptions: true, preferGetMethod: false });
  await check("urql subscription by events", () => heard(streams));
  const wires = createClient({ url: socket, webSocketImpl: WebSocket });
  const forwardSubscription = (request) => ({
    subscribe: (sink) => ({ unsubscribe: wires.subscribe({ ...request, query: request.query ?? "" }, sink) }),
  });
  const sockets = new Client({ url, exchanges: [subscriptionExchange({ forwardSubscription })], preferGetMethod: false });
  await check("urql subscription by socket", () => heard(sockets));
  await wires.dispose();
}

async function heard(client) {
  const result = await new Promise((next) => {
    const { unsubscribe } = client.subscription(LIVE, {}).subscribe((result) => {
      next(result);
      setTimeout(() => unsubscribe());
    });
  });
  failed(result);
  same(result.data.storyPublished.number, 1);
}
