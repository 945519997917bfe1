"""The names of the API that clients rely on, and those of its fields that can be denied."""

# docs/access.md: each of these is denied to somebody who sees the row.
DENIABLE = {
    "Story": (
        "title body tags responses responseCount ageGroup authorRole penName progress changes criticality "
        "submittedAt original routedAreas routing author postcode ipAddress moderationLog identifying assignedToMe "
        "assignedAt moderationDueAt"
    ),
    "Response": "account",
    "Account": (
        "createdAt penName email postcode ipAddresses demographics consents stories readingHistory "
        "similarExperiences memberships roles sessions secondFactor pendingEmail corrections dataExports complaints "
        "alerts accessLog disclosures mailPreferences"
    ),
    "Complaint": "email body outcome extensionReason",
    "Session": "client",
    "DataExport": "url",
    "Alert": "service organisation area tag",
    "AccessLogEntry": "organisation",
    "AuditEvent": "organisation personId",
    "Disclosure": ("story account grounds withheldUntil withheldReason reviewDueAt overdue reviewedAt outcome note"),
    "Query": "auditEvents complaints disclosures moderationQueue",
}

# The names that clients rely on, as far as they can be asked for by now.
RELIED_ON = {
    "Query": (
        "viewer site node nodes story stories service services organisation organisations area tags access privacyNotice auditEvents complaints "
        "moderationQueue disclosures"
    ),
    "Mutation": (
        "requestDisclosure approveDisclosure revokeDisclosure reviewDisclosure "
        "grantRole revokeRole "
        "register verifyEmail signIn signOut requestPasswordReset resetPassword changePassword endSession "
        "endOtherSessions startSecondFactor confirmSecondFactor removeSecondFactor updateAccount updateDemographics "
        "setConsent setMailPreference requestDataExport eraseAccount complain submitStory answerComplaint extendComplaint withdrawStory markSimilar "
        "assignStory unassignStory publishStory rejectStory previewStory holdPreview releasePreview restrictStory "
        "unrestrictStory "
        "unmarkSimilar recordReading clearReadingHistory createAlert deleteAlert respond editResponse undoResponse replyToResponse moderateResponse"
    ),
    "Subscription": "storyPublished storyChanged moderationQueueChanged",
    "PublishStoryInput": "storyId title body tags criticality",
    "SubmitStoryInput": (
        "title body serviceIds tags postcode ageGroup authorRole penName email consents noticeVersion idempotencyKey"
    ),
    "SubmitStoryPayload": "number story problems",
    "RegisterInput": "email password penName noticeVersion",
    "UpdateAccountInput": "penName email postcode",
    "DemographicsInput": "gender birthYear ethnicGroup limitedByCondition",
    "SignInPayload": "token viewer problems",
    "SignOutPayload": "viewer problems",
    "Problem": "field code message",
    "Viewer": "kind account roles purpose",
    "Site": "host region suggestedRegion suggestedUrl country",
    "Node": "id",
    "Story": (
        "id number status region url title body restriction submittedAt publishedAt ageGroup authorRole "
        "penName services tags responses responseCount changes progress similarExperienceCount "
        "markedSimilar criticality routedAreas original moderationLog author postcode ipAddress viewerCan "
        "identifying assignedToMe assignedAt moderationDueAt"
    ),
    "StoryPermissions": "respond withdraw assign unassign publish reject preview hold restrict unrestrict markSimilar",
    "StoryOriginal": "title body purgeAfter",
    "ModerationEntry": "action doneAt note",
    "ModerationFilter": "status assignedToMe unassigned routing overdue",
    "Identifying": "kind field start length suggestion",
    "IdentifyingKind": "EMAIL PHONE POSTCODE NHS_NUMBER URL BIRTH_DATE NAME SHOUTING",
    "IdentifyingField": "TITLE BODY",
    "Restriction": "reason by",
    "Change": "kind description organisation publishedAt",
    "Tag": "kind label",
    "Account": (
        "id createdAt penName email postcode ipAddresses demographics consents stories readingHistory "
        "similarExperiences memberships roles sessions secondFactor pendingEmail corrections dataExports complaints "
        "alerts accessLog disclosures mailPreferences"
    ),
    "MailPreference": "topic wanted",
    "MailTopic": "STORY SIMILAR ALERT MODERATION",
    "Session": "id createdAt expiresAt client secondFactor current",
    "Correction": "field correctedAt",
    "Alert": (
        "id name frequency createdAt search service organisation area tag region ageGroup authorRole progress routing "
        "criticalityFrom criticalityTo"
    ),
    "AlertInput": "name filter frequency",
    "AlertFrequency": "AT_ONCE DAILY WEEKLY",
    "CreateAlertPayload": "alert problems",
    "DeleteAlertPayload": "viewer problems",
    "DataExport": "id status requestedAt readyAt expiresAt fetchedAt size url",
    "Complaint": (
        "id number kind email body receivedAt acknowledgedAt dueAt extendedAt extensionReason overdue answeredAt "
        "outcome viewerCan"
    ),
    "ComplaintPermissions": "answer extend",
    "ComplaintConnection": "edges nodes pageInfo totalCount",
    "ComplaintFilter": "kind open overdue",
    "AccessLogEntry": "happenedAt roles organisation fields purpose reasons",
    "AccessLogConnection": "edges nodes pageInfo totalCount",
    "AuditEvent": (
        "id kind happenedAt accountId personId roles organisation purpose reference subject fields reasons rules request "
        "disclosureId count"
    ),
    "AuditEventConnection": "edges nodes pageInfo totalCount",
    "AuditFilter": "kind accountId personId purpose reference field happenedFrom happenedTo disclosureId",
    "AuditKind": "READ DENIED SIGN_IN ROLE POLICY SETTING KEY DISCLOSURE",
    "Disclosure": (
        "id number status story account fields recipient grounds requestedAt wantedUntil approvedAt expiresAt revokedAt "
        "withheldUntil withheldReason reviewDueAt overdue reviewedAt outcome note viewerCan"
    ),
    "DisclosureConnection": "edges nodes pageInfo totalCount",
    "DisclosureFilter": "waiting active toReview overdue",
    "DisclosureInput": (
        "storyId accountId fields recipientOrganisationId grounds expiresAt withholdUntil withholdReason"
    ),
    "DisclosurePermissions": "approve revoke review withhold",
    "DisclosureStatus": "REQUESTED ACTIVE EXPIRED REVOKED LAPSED",
    "DisclosureOutcome": "JUSTIFIED TOO_WIDE NOT_JUSTIFIED",
    "ReviewDisclosureInput": "disclosureId outcome note withholdUntil withholdReason",
    **dict.fromkeys(
        ("RequestDisclosurePayload", "ApproveDisclosurePayload", "RevokeDisclosurePayload", "ReviewDisclosurePayload"),
        "disclosure problems",
    ),
    "GrantRolePayload": "account problems",
    "RevokeRolePayload": "account problems",
    "IpAddressUse": "address usedAt use",
    "Demographics": "gender birthYear ethnicGroup limitedByCondition",
    "Consent": "purpose granted givenAt noticeVersion givenBy",
    "Membership": "role organisation",
    "Reading": "readAt story",
    "Area": "id code name kind organisation validFrom validTo successors",
    "Service": "id name slug odsCode organisation parent region postcode stories storyCount",
    "Organisation": "id name slug odsCode kind services stories",
    "Response": "id body publishedAt organisation staffName jobTitle account settlesAt rejection viewerCan",
    "ResponsePermissions": "edit undo reply moderate",
    "RespondInput": "storyId body change onBehalfOf organisationId staffName jobTitle",
    "ChangeClaim": "kind description",
    "ModerateResponseInput": "responseId publish reason",
    "PrivacyNotice": "version updatedAt summary short sections fields changes",
    "PrivacyField": "type field audience purpose retention promises",
    "PrivacyChange": "version at what",
    "AccessDecision": "type field allowed conditional mask reason promise rule wouldGrant grants fields",
    "AccessGrant": "rule mask reason promise conditions",
    "AccessCondition": "text met",
    "StoryConnection": "edges nodes pageInfo totalCount",
    "StoryEdge": "node cursor",
    "PageInfo": "hasNextPage hasPreviousPage startCursor endCursor",
    "StoryFilter": (
        "search serviceId organisationId areaCode region tag ageGroup authorRole progress publishedFrom "
        "publishedTo criticality"
    ),
    "IntRange": "gte lte",
    "TagInput": "kind label",
    "AccessInput": "type field id action as",
    "StoryStatus": "SUBMITTED IN_REVIEW PREVIEW PUBLISHED RESTRICTED REJECTED WITHDRAWN",
    "AgeGroup": "ADULT YOUNG_PERSON CHILD",
    "AuthorRole": "SERVICE_USER CARER PARENT RELATIVE FRIEND VOLUNTEER STAFF",
    "TagKind": "GOOD IMPROVE FEELING",
    "StoryProgress": "AWAITING_RESPONSE RESPONDED CHANGE_PLANNED CHANGE_MADE",
    "StoryOrder": "NEWEST OLDEST RELEVANCE MOST_SIMILAR",
    "Gender": "FEMALE MALE NON_BINARY OTHER PREFER_NOT_TO_SAY",
    "Limitation": "A_LOT A_LITTLE NO",
    "Region": "ENGLAND SCOTLAND WALES NORTHERN_IRELAND",
    "ConsentPurpose": "PUBLISH FEED SOCIAL RESEARCH EDUCATION SYNDICATION STATISTICS",
    "PlatformRole": "MODERATOR SAFEGUARDING ABUSE DPO ADMIN",
    "MembershipRole": "READER RESPONDER MANAGER",
    "ComplaintKind": "COMPLAINT ACCESS CORRECTION COPY ERASURE RESTRICTION OBJECTION",
    "DataExportStatus": "REQUESTED READY FETCHED EXPIRED FAILED",
}
