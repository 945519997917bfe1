import { ApolloClient, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { DENIED, LIVE, RENAME, ME, PAGE, STORY, isAuthor, isDenied, isStory } from "./ask.mjs";
import { check, same } from "./say.mjs";

function client(link) {
  const defaultOptions = { query: { errorPolicy: "all", fetchPolicy: "no-cache" }, mutate: { errorPolicy: "all" } };
  return new ApolloClient({ link, cache: new InMemoryCache(), defaultOptions });
}

export async function apollo({ url, socket, token }) {
  const visitor = client(new HttpLink({ uri: url }));
  const author = client(new HttpLink({ uri: url, headers: { authorization: `Bearer ${token}` } }));
  const byGet = client(new HttpLink({ uri: url, useGETForQueries: true }));
  for (const [how, one] of [["POST", visitor], ["GET", byGet]]) {
    await check(`apollo query by ${how}`, async () => {
      isStory((await one.query({ query: gql(STORY), variables: { n: 1 } })).data);
    });
  }
  await check("apollo denied field", async () => {
    const { data, error } = await visitor.query({ query: gql(DENIED) });
    isDenied(data, error.errors);
  });
  await check("apollo pages", async () => {
    const one = (await visitor.query({ query: gql(PAGE), variables: {} })).data.stories;
    const two = (await visitor.query({ query: gql(PAGE), variables: { after: one.pageInfo.endCursor } })).data.stories;
    const numbers = [...one.nodes, ...two.nodes].map((node) => node.number);
    same(new Set(numbers).size, 4);
  });
  await check("apollo signed in", async () => isAuthor((await author.query({ query: gql(ME) })).data));
  await check("apollo mutation", async () => {
    same((await author.mutate({ mutation: gql(RENAME) })).data.updateAccount.problems, []);
  });
  await check("apollo subscription", async () => {
    const wires = createClient({ url: socket, webSocketImpl: WebSocket });
    const told = client(new GraphQLWsLink(wires)).subscribe({ query: gql(LIVE) });
    const heard = await new Promise((next, error) => told.subscribe({ next, error }));
    same(heard.data.storyPublished.number, 1);
    await wires.dispose();
  });
}
