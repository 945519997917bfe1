// The two protocols of subscriptions, by the clients that their authors wrote.
import { createClient as events } from "graphql-sse";
import { createClient as sockets } from "graphql-ws";
import WebSocket from "ws";
import { LIVE, ME, STORY, WRONG, isAuthor, isStory } from "./ask.mjs";
import { check, first, same } from "./say.mjs";

export async function streams({ url, socket, token }) {
  const connectionParams = { authorization: `Bearer ${token}` };
  const wires = sockets({ url: socket, webSocketImpl: WebSocket, connectionParams });
  await check("graphql-ws subscription", async () => {
    const result = await first(wires.iterate({ query: LIVE }));
    same(result.data.storyPublished.number, 1);
  });
  await check("graphql-ws query", async () => isStory((await first(wires.iterate(story()))).data));
  await check("graphql-ws signed in", async () => isAuthor((await first(wires.iterate({ query: ME }))).data));
  await check("graphql-ws invalid document", () => refused(wires));
  await check("graphql-ws many at once", async () => {
    const many = Array.from({ length: 20 }, () => first(wires.iterate(story())));
    (await Promise.all(many)).forEach(({ data }) => isStory(data));
  });
  await wires.dispose();
  const stream = events({ url, singleConnection: false, headers: { authorization: `Bearer ${token}` } });
  await check("graphql-sse subscription", async () => {
    same((await first(stream.iterate({ query: LIVE }))).data.storyPublished.number, 1);
  });
  await check("graphql-sse query", async () => isStory((await first(stream.iterate(story()))).data));
  await check("graphql-sse signed in", async () => isAuthor((await first(stream.iterate({ query: ME }))).data));
  stream.dispose();
}

function story() {
  return { query: STORY, variables: { n: 1 } };
}

async function refused(client) {
  const result = await first(client.iterate({ query: WRONG })).catch((errors) => ({ errors }));
  same(result.errors[0].extensions.code, "GRAPHQL_VALIDATION_FAILED");
}
