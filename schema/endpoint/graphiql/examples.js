"use strict";

// One tab for each kind of viewer: who asks (an account of the demo world), for what purpose, and the question.
const EXAMPLES = [
  {
    operation: "Public",
    who: "",
    purpose: "",
    query: `# What everybody sees: no sign-in. Denied fields are null, with the reason in "errors".
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
      responses(first: 2) { nodes { body organisation { name } } }
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
    query: `# An author sees everything that is held about them, and nobody else's.
query Author {
  viewer {
    kind
    account {
      penName
      email
      postcode
      ipAddresses { address usedAt use }
      demographics { gender birthYear ethnicGroup limitedByCondition }
      consents { purpose granted givenAt }
      stories(first: 5) {
        nodes { number status title postcode moderationLog { action doneAt note } viewerCan { withdraw } }
      }
      readingHistory(first: 3) { nodes { readAt story { title } } }
    }
  }
}
`,
  },
  {
    operation: "Staff",
    who: "staff",
    purpose: "",
    query: `# Staff see the criticality of stories about their own services, and may respond; never who wrote them.
query Staff {
  viewer { account { memberships { role organisation { name } } } }
  stories(first: 5) {
    nodes { number title criticality submittedAt author { email } viewerCan { respond } }
  }
}
`,
  },
  {
    operation: "Moderator",
    who: "moderator",
    purpose: "",
    query: `# Moderators read what was submitted. They see the first half of a postcode, and no names.
query Moderator {
  stories(first: 5, filter: { status: SUBMITTED }) {
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
    query: `# With the purpose "safeguarding" the people who act on a risk of harm can reach an author.
query Safeguarding {
  viewer { roles purpose }
  stories(first: 3) {
    nodes { number title criticality author { email postcode } postcode ipAddress }
  }
}
`,
  },
  {
    operation: "Abuse",
    who: "abuse",
    purpose: "abuse; ref=CASE-12",
    query: `# With the purpose "abuse" an analyst sees IP addresses, and nothing else that is private.
query Abuse {
  viewer { roles purpose }
  stories(first: 3) {
    nodes { number title ipAddress postcode author { email } }
  }
}
`,
  },
  {
    operation: "Access",
    who: "",
    purpose: "",
    query: `# Which rule decides? Ask before you wonder.
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
