/** Three lines of a board, one of them alive. */
export function Logo({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className="shrink-0">
      <rect width="32" height="32" rx="7" fill="#4f46e5" />
      <path d="M8 10h16M8 16h16M8 22h9" fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" />
      <circle cx="23" cy="22" r="2.8" fill="#7ee2a8" />
    </svg>
  );
}
