import { useRouteError } from 'react-router';
import { ProblemPage } from '~/ui/ProblemPage';

/** What a page shows when its code or its chunk failed: usually a new version of the UI was installed meanwhile. */
export function PageFailed() {
  const error = useRouteError();
  return (
    <ProblemPage
      error={error}
      onRetry={() => {
        window.location.reload();
      }}
    />
  );
}
