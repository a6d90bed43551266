import { Eta } from 'eta/core';

/** Renders a template with values; what the values hold is never read as template or HTML. */
export function renderTemplate(template: string, values: Readonly<Record<string, unknown>>): string {
  return new Eta({ autoEscape: false, autoTrim: false }).renderString(template, { ...values });
}
