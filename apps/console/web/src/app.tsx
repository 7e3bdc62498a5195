import { Redirect, Route, Switch } from 'wouter';
import { SignedInContext, useSession } from './api/session.js';
import { AccountPage } from './pages/account.js';
import { DeadLetterPage } from './pages/dead-letter.js';
import { DeadLettersPage } from './pages/dead-letters.js';
import { ExplainPage } from './pages/explain.js';
import { LivePage } from './pages/live.js';
import { LiveQualityPage } from './pages/live-quality.js';
import { NewPasswordPage, SignInPage } from './pages/sign-in.js';
import { Shell } from './shell.js';
import { Notice } from './ui/notice.js';
import { Page } from './ui/page.js';

/** Who may see what is decided by the server; this only leaves out what it would refuse. */
export function App() {
  const session = useSession();
  if (!session.signedIn) return <SignInPage method={session.method} />;
  if (session.mustChangePassword) return <NewPasswordPage session={session} />;
  return (
    <SignedInContext value={session}>
      <Shell>
        <Switch>
          <Route path="/">
            <Redirect to="/live" replace />
          </Route>
          <Route path="/live" component={LivePage} />
          <Route path="/explain/:verdictId?">{({ verdictId }) => <ExplainPage verdictId={verdictId ?? ''} />}</Route>
          <Route path="/dead-letters" component={DeadLettersPage} />
          <Route path="/dead-letters/*">{(params) => <DeadLetterPage name={params['*']} />}</Route>
          <Route path="/live-quality" component={LiveQualityPage} />
          <Route path="/account" component={AccountPage} />
          <Route>
            <Page title="Nothing here">
              <Notice title="There is no page at this address">
                <p>It may have been mistyped. The pages of the console are in the menu.</p>
              </Notice>
            </Page>
          </Route>
        </Switch>
      </Shell>
    </SignedInContext>
  );
}
