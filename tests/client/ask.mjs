// What every client asks, and what it must get: as a visitor, and as the author of story 1.
import { same } from "./say.mjs";

export const STORY = "query Story($n: Int!) { story(number: $n) { number title } }";
export const DENIED = "query Denied { story(number: 1) { number postcode } }";
export const PAGE = "query Page($after: String) { stories(first: 2, after: $after) { nodes { number } pageInfo { endCursor hasNextPage } } }";
export const ME = "query Me { viewer { kind account { email } } }";
export const RENAME = 'mutation Rename { updateAccount(input: { penName: "Robin" }) { problems { code } } }';
export const LIVE = "subscription Live { storyPublished { number } }";
export const WRONG = "query Wrong { story(number: 1) { numbre } }";

export function isStory(data) {
  same(data.story.number, 1);
  if (!data.story.title) throw new Error("no title");
}

export function isDenied(data, errors) {
  same([data.story.number, data.story.postcode], [1, null]);
  same([errors.length, errors[0].extensions.code, errors[0].path], [1, "FORBIDDEN", ["story", "postcode"]]);
}

export function isAuthor(data) {
  same([data.viewer.kind, data.viewer.account.email], ["MEMBER", "author@demo.example"]);
}
