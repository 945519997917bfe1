// What an app with Relay would hold: compiled by relay-compiler against the schema, never run.
import { graphql } from "react-relay";

export const page = graphql`
  query storyPageQuery($number: Int!, $search: String) {
    story(number: $number) {
      id
      title
      ...story_marks
    }
    ...story_list @arguments(search: $search)
    viewer {
      kind
      account {
        id
        penName
      }
    }
  }
`;

export const marks = graphql`
  fragment story_marks on Story @refetchable(queryName: "storyMarksQuery") {
    similarExperienceCount
    markedSimilar
    services {
      id
      name
    }
  }
`;

export const list = graphql`
  fragment story_list on Query
  @refetchable(queryName: "storyPaginationQuery")
  @argumentDefinitions(
    search: { type: "String" }
    first: { type: "Int", defaultValue: 10 }
    after: { type: "String" }
  ) {
    stories(filter: { search: $search }, first: $first, after: $after) @connection(key: "story_stories") {
      edges {
        node {
          id
          ...story_marks
        }
      }
    }
  }
`;

export const mark = graphql`
  mutation storyMarkMutation($id: ID!) {
    markSimilar(storyId: $id) {
      problems {
        code
        message
      }
    }
  }
`;

export const published = graphql`
  subscription storyPublishedSubscription {
    storyPublished {
      id
      ...story_marks
    }
  }
`;
