"use strict";

// One tab for each kind of viewer: who asks (an account of the demo world), for what purpose, and the question.
const EXAMPLES = [
  {
    operation: "Public",
    who: "",
    purpose: "",
    query: `# What everybody sees, without signing in.
query Public {
  viewer { kind }
  stories(first: 3) {
    totalCount
    nodes {
      id
      title
      publishedAt
      services { name organisation { name } }
      tags { kind label }
      responses(first: 2) {
        nodes { body organisation { name } }
      }
      similarExperienceCount
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  },
  {
    operation: "Author",
    who: "author",
    purpose: "",
    query: `# Authors see all that is held about them,
# and nothing of anybody else.
query Author {
  viewer {
    kind
    account {
      penName
      email
      postcode
      ipAddresses { address usedAt use }
      demographics {
        gender
        birthYear
        ethnicGroup
        limitedByCondition
      }
      consents { purpose granted givenAt }
      stories(first: 5) {
        nodes {
          number
          status
          title
          postcode
          moderationLog { action doneAt note }
          viewerCan { withdraw }
        }
      }
      readingHistory(first: 3) {
        nodes { readAt story { title } }
      }
    }
  }
}
`,
  },
  {
    operation: "Staff",
    who: "staff",
    purpose: "",
    query: `# Staff see how critical stories about their
# services are, and never who wrote them: a denied
# field is null, with the reason in "errors".
query Staff {
  viewer {
    account { memberships { role organisation { name } } }
  }
  stories(first: 5) {
    nodes {
      number
      title
      criticality
      submittedAt
      author { email }
      viewerCan { respond }
    }
  }
}
`,
  },
  {
    operation: "Moderator",
    who: "moderator",
    purpose: "",
    query: `# Moderators read what was submitted, with the
# first half of the postcode and no names.
query Moderator {
  stories(
    first: 5
    filter: { status: SUBMITTED }
  ) {
    nodes {
      number
      status
      title
      criticality
      postcode
      routedAreas { name }
      original { title purgeAfter }
      author { email }
      viewerCan { publish reject restrict }
    }
  }
}
`,
  },
  {
    operation: "Safeguarding",
    who: "safeguarding",
    purpose: "safeguarding; ref=CASE-12",
    query: `# Who acts on a risk of harm can reach the author,
# but only with a stated purpose (see above).
query Safeguarding {
  viewer { roles purpose }
  stories(first: 3) {
    nodes {
      number
      title
      criticality
      postcode
      ipAddress
      author { email postcode }
    }
  }
}
`,
  },
  {
    operation: "Abuse",
    who: "abuse",
    purpose: "abuse; ref=CASE-12",
    query: `# With the purpose "abuse" an analyst sees IP
# addresses, and nothing else that is private.
query Abuse {
  viewer { roles purpose }
  stories(first: 3) {
    nodes {
      number
      title
      ipAddress
      postcode
      author { email }
    }
  }
}
`,
  },
  {
    operation: "Access",
    who: "",
    purpose: "",
    query: `# Which rule decides, and who would be allowed?
query Access {
  access(input: { type: "Story", field: "postcode" }) {
    allowed
    reason
    promise
    rule { file line text }
    wouldGrant
  }
}
`,
  },
];
