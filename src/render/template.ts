import { Eta } from 'eta/core';

/**
 * Renders a template with values; what the values hold is never read as template or HTML. Blank
 * lines that the template's own marks leave at the start or one after the other are dropped.
 */
export function renderTemplate(template: string, values: Readonly<Record<string, unknown>>): string {
  const text = new Eta({ autoEscape: false, autoTrim: false }).renderString(template, { ...values });
  return text.replace(/^\n+/, '').replace(/\n{3,}/g, '\n\n');
}
