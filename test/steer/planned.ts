const head = (document: string) => `---\ntitle: Partner reports\ndocument: ${document}\nstatus: approved\n---\n`;

export const REQUIREMENTS = `${head('requirements')}## Problem

Support sends 40 CSV files a week by hand.

## Users

Partners, and the people in support.

## Requirements

### REQ-1: Token validation

- Priority: must
- Depends on: none

The system SHALL reject expired tokens with HTTP 401.

#### Accepted when

- GIVEN a token whose exp is in the past
- WHEN it is sent to any endpoint
- THEN the system responds with HTTP 401

### REQ-2: Rate limit

- Priority: should
- Depends on: REQ-1

At most 100 requests a minute for one key.

#### Accepted when

- the 101st request within a minute is answered with HTTP 429

### REQ-3: Billing

- Priority: won't

The system SHALL bill partners.

### REQ-4: Paged export

- Priority: must
- Depends on: REQ-1

The system SHALL deliver reports in pages of at most 500 rows.

## Success

No CSV file is sent by hand any more.

## Out of scope

Writing reports.

## Open questions

- Who may revoke a key?
`;

export const ARCHITECTURE = `${head('architecture')}## Technology

Node and PostgreSQL; a queue was decided against.

## Parts

One service.

## Data

[[fill: which data it keeps, in what form]]

## Interfaces

## Targets

200 ms for a page.

## Open questions

None.
`;

export const EPICS = `${head('epics')}## Epics

### EPIC-1: Tokens

- Priority: must
- Depends on: none
- Requirements: REQ-1
- Scope: src/auth/**

One place decides.

### EPIC-2: Reports in pages

- Priority: must
- Depends on: EPIC-1
- Requirements: REQ-4
- Scope: src/export/**, \`src/pages/**\`

### EPIC-3: Bills

- Priority: won't
- Requirements: REQ-3
`;

/** Three planning documents that say most of what a spec has to say. */
export const PLANNED: Readonly<Record<string, string>> = { 'planning/reports/requirements.md': REQUIREMENTS, 'planning/reports/architecture.md': ARCHITECTURE, 'planning/reports/epics.md': EPICS };
