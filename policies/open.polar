# Types that hold no row: they carry what other rules decided, and nothing else.

carrier("PageInfo", "where a page begins and ends in a list that was cut to what the viewer may see");
carrier("StoryConnection", "a list of stories, each decided by the rules of stories");
carrier("StoryEdge", "a story in a list, with its place there");
carrier("ResponseConnection", "a list of responses, each decided by the rules of responses");
carrier("ResponseEdge", "a response in a list, with its place there");
carrier("ServiceConnection", "a list of services, each decided by the rules of services");
carrier("ServiceEdge", "a service in a list, with its place there");
carrier("OrganisationConnection", "a list of organisations, each decided by the rules of organisations");
carrier("OrganisationEdge", "an organisation in a list, with its place there");
carrier("TagConnection", "a list of tags, each decided by the rules of tags");
carrier("TagEdge", "a tag in a list, with its place there");
carrier("ReadingConnection", "a list of readings, each decided by the rules of readings");
carrier("ReadingEdge", "a reading in a list, with its place there");
carrier("ComplaintConnection", "a list of complaints, each decided by the rules of complaints");
carrier("ComplaintEdge", "a complaint in a list, with its place there");
carrier("AccessLogConnection", "a list of readings of private data, each decided by the rules of the audit log");
carrier("AccessLogEntryEdge", "a reading of private data in a list, with its place there");
carrier("Restriction", "why a story is restricted: decided with the field that leads to it");
carrier("StoryPermissions", "what the viewer may do with a story: the rules' own answer");
carrier("Viewer", "who the viewer is, as the viewer said");
carrier("ComplaintPermissions", "what the viewer may do with a complaint: the rules' own answer");
carrier("AccessDecision", "what the rules say, without a value");
carrier("PolicyRule", "the text of a rule, which is public");
carrier("SignInPayload", "what came of signing in");
carrier("SignOutPayload", "what came of signing out");
carrier("Problem", "what a person can mend in what they sent");
