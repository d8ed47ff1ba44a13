type Fault = { error: Error; reset(): void };

/** What is left when not even the frame around all pages can be drawn: it may be the stylesheet that is missing, so it brings its own look. */
export function RootFault({ error, reset }: Fault) {
  return (
    <html lang="en">
      <body>
        <title>Guestboard</title>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: our own constant, and one word of three */}
        <style dangerouslySetInnerHTML={{ __html: `:root { color-scheme: ${readTheme()} }${look}` }} />
        <main role="alert">
          <h1>Guestboard cannot be drawn</h1>
          <p>The databases go on running. If trying again does not help, reload the page.</p>
          <p className="words">{error.message}</p>
          <button type="button" onClick={reset}>
            Try again
          </button>
          <button type="button" onClick={() => location.reload()}>
            Reload the page
          </button>
        </main>
      </body>
    </html>
  );
}

/** The person's choice, where there is one and it can be read. */
function readTheme(): string {
  try {
    const theme = localStorage.getItem('theme');
    return theme === 'dark' || theme === 'light' ? theme : 'light dark';
  } catch {
    return 'light dark';
  }
}

/** The values of the tokens of the same roles. */
const look = `
body { margin: 0; font: 13px/1.45 GeistSans, system-ui, sans-serif; background: light-dark(#f7f8fa, #0b0d12); color: light-dark(#14171f, #e7eaf0) }
main { padding: 56px 24px; text-align: center }
h1 { margin: 0; font-size: 14px; font-weight: 600 }
p { max-width: 560px; margin: 8px auto 0; overflow-wrap: anywhere; color: light-dark(#4d5565, #a7b0c0) }
.words { font: 12px/1.45 GeistMono, ui-monospace, monospace }
button { height: 32px; margin: 16px 4px 0; padding: 0 12px; font: inherit; color: inherit; border: 1px solid light-dark(#e2e5eb, #222833);
  border-radius: 6px; background: light-dark(#fff, #11141b) }
button:hover { background: light-dark(#eff1f5, #1a1f29) }
:focus-visible { outline: 2px solid light-dark(#4f46e5, #818cf8); outline-offset: 2px }
`;
