import { oneLine, printable } from './plain-text.ts';

/** Columns of a terminal that nobody has made wider. */
const WIDTH = 80;

/** What a person is told of the next step. */
export interface NextStory {
  readonly ticket: string | undefined;
  readonly goal: { readonly title: string; readonly why?: string } | undefined;
  /** How far the ticket has come, in a word or two. */
  readonly phase: string | undefined;
  readonly description: string;
  /** `team:spawn` and the like; undefined for a command. */
  readonly action: string | undefined;
  readonly will: readonly string[];
  readonly choices: readonly { readonly description: string; readonly command: string }[];
  readonly command: string | undefined;
  readonly onPass: string | undefined;
  readonly onFail: string | undefined;
}

/** The next step for a person: what it is about, what it is, what it will do, and its command. Good without colour, in 80 columns; commands are not wrapped. */
export function nextText(story: NextStory): string {
  const { ticket, goal, phase, description, action, will, choices, command, onPass, onFail } = story;
  const head = ticket === undefined ? [] : [oneLine(goal ? `${ticket}: ${goal.title}` : ticket, WIDTH), ...(goal?.why === undefined ? [] : wrapped('  why:  ', goal.why)), ''];
  return [
    ...head,
    ...(phase === undefined ? [] : [`Phase: ${phase}`]),
    ...wrapped('Step:  ', action === undefined ? description : `${description} (${action})`),
    ...(will.length > 0 ? ['This will:', ...will.flatMap((line) => wrapped('  - ', line))] : []),
    ...choices.flatMap((choice) => ['', ...wrapped('', `${choice.description}:`), `  ${printable(choice.command)}`]),
    ...(command === undefined || choices.length > 0 ? [] : ['', `  ${printable(command)}`]),
    ...(onPass === undefined ? [] : ['', 'When it is done:', `  ${printable(onPass)}`]),
    ...(onFail === undefined ? [] : ['When it is not:', `  ${printable(onFail)}`]),
  ].join('\n');
}

/** Words in lines of 80 columns, those after the first below the text of the first. */
function wrapped(lead: string, text: string): string[] {
  const indent = ' '.repeat(lead.length);
  const lines: string[] = [];
  let line = lead;
  for (const word of printable(text.replace(/\s+/g, ' ').trim()).split(' ')) {
    const longer = line === lead || line === indent ? line + word : `${line} ${word}`;
    if (longer.length <= WIDTH || line === lead || line === indent) line = longer;
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line];
}
