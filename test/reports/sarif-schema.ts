import { Ajv } from 'ajv';
import official from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' };

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  uri: (text) => URL.canParse(text),
  // RFC 3986: what is not allowed in a reference has to be percent-encoded.
  'uri-reference': (text) => /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?#[\]]|%[0-9A-Fa-f]{2})*$/.test(text),
  'date-time': (text) => !Number.isNaN(Date.parse(text)),
};

/** What the SARIF 2.1.0 schema has against a log; empty when it is valid. */
export function sarifFaults(log: unknown): string[] {
  return validate(log) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const validate = compiled();

/**
 * The schema is the one that Microsoft's SARIF SDK for JavaScript ships (MIT). It says draft-04, and
 * uses nothing but `id` that later drafts read otherwise; one of its patterns is none with the flag u.
 */
function compiled() {
  const { $schema, id, ...schema } = official as Record<string, unknown>;
  if (!String($schema).includes('draft-04') || /"exclusiveM|"id":\s*"/.test(JSON.stringify(schema))) throw new Error('Unexpected schema, expected one that reads the same in draft-07');
  const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false });
  for (const [name, isValid] of Object.entries(FORMATS)) ajv.addFormat(name, isValid);
  return ajv.compile({ $id: id as string, ...schema });
}
