import type { Deployment, DeploymentEvent, DeploymentTask, Page } from '~/lib/api-types';
import { matches, type DeploymentFilter } from './filter';

/*
 * How a live message changes what is on the screen. A message carries the deployment as it is now, with only the tasks
 * that changed. It can overtake an answer that was asked for earlier, or be overtaken by one: the newer `updatedAt`
 * wins, per deployment and per task, so applying a message late or twice changes nothing.
 */

const isOlder = (a: { updatedAt: string }, b: { updatedAt: string }) => Date.parse(a.updatedAt) < Date.parse(b.updatedAt);

/** The deployment with what a message says; the same object when the message brings nothing new. */
export function mergeDeployment(known: Deployment, changed: Deployment): Deployment {
  const tasks = mergeTasks(known.tasks, changed.tasks);
  if (isOlder(changed, known)) return tasks === known.tasks ? known : { ...known, tasks };
  return { ...changed, tasks };
}

export function mergeTasks(known: DeploymentTask[], changed: DeploymentTask[]): DeploymentTask[] {
  if (changed.length === 0) return known;
  const merged = new Map(known.map((task) => [task.id, task]));
  let different = false;
  for (const task of changed) {
    const before = merged.get(task.id);
    if (before && isOlder(task, before)) continue;
    merged.set(task.id, task);
    different = true;
  }
  return different ? [...merged.values()] : known;
}

/** What a list becomes: the new pages, or `ask` when only the server knows whether the deployment belongs into it. */
export function mergeIntoPages(pages: Page<Deployment>[], filter: DeploymentFilter, changed: Deployment): Page<Deployment>[] | 'ask' {
  const row = { ...changed, tasks: [] };
  const known = pages.flatMap((page) => page.items).find((item) => item.id === row.id);
  const belongs = matches(filter, row);
  if (known) {
    if (isOlder(row, known)) return pages;
    if (belongs === false) return mapItems(pages, (items) => items.filter((item) => item.id !== row.id));
    return mapItems(pages, (items) => items.map((item) => (item.id === row.id ? row : item)));
  }
  if (belongs === undefined) return 'ask';
  const [first, ...others] = pages;
  if (!belongs || !first) return pages;
  const newest = first.items[0];
  // One that is older than the top of the list and not in it stands on a page that has not been loaded.
  if (newest && Date.parse(row.createdAt) < Date.parse(newest.createdAt)) return filter.status ? 'ask' : pages;
  return [{ ...first, items: [row, ...first.items] }, ...others];
}

function mapItems(pages: Page<Deployment>[], change: (items: Deployment[]) => Deployment[]) {
  return pages.map((page) => {
    const items = change(page.items);
    return items.length === page.items.length && items.every((item, index) => item === page.items[index]) ? page : { ...page, items };
  });
}

/** The history with one more event, in order and without doubles. */
export function appendEvent(known: DeploymentEvent[], event: DeploymentEvent): DeploymentEvent[] {
  const last = known.at(-1);
  if (!last || event.sequence > last.sequence) return [...known, event];
  if (known.some((each) => each.sequence === event.sequence)) return known;
  return [...known, event].sort((a, b) => a.sequence - b.sequence);
}
