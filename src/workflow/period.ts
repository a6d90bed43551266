/** How often an operation is due; `on-demand` has no calendar. */
export const CADENCES = ['daily', 'weekly', 'monthly', 'quarterly', 'yearly', 'on-demand'] as const;
export type Cadence = (typeof CADENCES)[number];

const DAY = 86_400_000;

/** An example of each cadence's periods, and how they are written. */
const FORMS: Readonly<Record<Exclude<Cadence, 'on-demand'>, { readonly example: string; readonly form: RegExp }>> = {
  daily: { example: '2026-11-20', form: /^\d{4}-\d{2}-\d{2}$/ },
  weekly: { example: '2026-W47', form: /^\d{4}-W\d{2}$/ },
  monthly: { example: '2026-11', form: /^\d{4}-\d{2}$/ },
  quarterly: { example: '2026-Q4', form: /^\d{4}-Q\d$/ },
  yearly: { example: '2026', form: /^\d{4}$/ },
};

/** The period of a cadence that a moment is in, by UTC; undefined for `on-demand`. Weeks are those of ISO 8601. */
export function periodAt(cadence: Cadence, moment: Date): string | undefined {
  const [date] = moment.toISOString().split('T') as [string];
  const [year, month] = date.split('-') as [string, string];
  switch (cadence) {
    case 'daily':
      return date;
    case 'weekly':
      return weekOf(moment);
    case 'monthly':
      return `${year}-${month}`;
    case 'quarterly':
      return `${year}-Q${Math.ceil(Number(month) / 3)}`;
    case 'yearly':
      return year;
    default:
      return undefined;
  }
}

/** The week whose Thursday is in the same week: its year is the week's. */
function weekOf(moment: Date): string {
  const day = Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth(), moment.getUTCDate());
  const thursday = new Date(day + (4 - (moment.getUTCDay() || 7)) * DAY);
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return `${thursday.getUTCFullYear()}-W${String(Math.floor((thursday.getTime() - first) / DAY / 7) + 1).padStart(2, '0')}`;
}

/**
 * What is wrong with a period of this cadence (`Unexpected …, expected …` from its second word on);
 * undefined where it is one that the calendar has. `on-demand` takes any, and several on one day:
 * `2026-11-20-2`.
 */
export function periodProblem(cadence: Cadence, period: string): string | undefined {
  const alone = cadence === 'on-demand' ? period.replace(/^(\d{4}-\d{2}-\d{2})-\d{1,3}$/, '$1') : period;
  const cadences = cadence === 'on-demand' ? CADENCES.filter((one) => one !== 'on-demand') : [cadence];
  const own = cadences.find((one) => FORMS[one].form.test(alone));
  const examples = cadences.map((one) => FORMS[one].example).join(', ');
  if (own === undefined) return `period ${JSON.stringify(period)}, expected one such as ${examples}`;
  return isInCalendar(own, alone) ? undefined : `period ${period}, expected one that the calendar has, such as ${FORMS[own].example}`;
}

function isInCalendar(cadence: Exclude<Cadence, 'on-demand'>, period: string): boolean {
  const year = Number(period.slice(0, 4));
  const rest = Number(period.slice(6));
  switch (cadence) {
    case 'daily':
      return isDay(period);
    case 'weekly':
      return rest >= 1 && rest <= Number(weekOf(new Date(Date.UTC(year, 11, 28))).slice(6));
    case 'monthly':
      return Number(period.slice(5)) >= 1 && Number(period.slice(5)) <= 12;
    case 'quarterly':
      return rest >= 1 && rest <= 4;
    default:
      return true;
  }
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
