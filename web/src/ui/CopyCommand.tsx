import { CopyIcon } from './CopyIcon';
import classes from './CopyCommand.module.css';

/** Commands to paste into a terminal, with a button that copies them. */
export function CopyCommand({ command }: { command: string }) {
  return (
    <div className={classes.command}>
      <pre className={classes.text} tabIndex={0}>
        {command}
      </pre>
      <CopyIcon text={() => command} />
    </div>
  );
}
