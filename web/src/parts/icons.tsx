/** Drawn by us, one stroke wide. */

const PATHS = {
  pin: "M9 3h6l-1 6 4 4v2H6v-2l4-4zM12 15v6",
  full: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  fit: "M4 7h16M4 17h16M8 3v4M16 17v4M9 12h6",
  log: "M4 20V4M4 20h16M7 17c4 0 5-11 12-12",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  earlier: "M12 19V5M6 11l6-6 6 6",
  later: "M12 5v14M6 13l6 6 6-6",
  menu: "M4 6h16M4 12h16M4 18h16",
  close: "M6 6l12 12M18 6L6 18",
  larger: "M12 5v14M5 12h14",
  smaller: "M5 12h14",
  next: "M6 5l9 7-9 7zM18 5v14",
  first: "M18 5l-9 7 9 7zM6 5v14",
  whole:
    "M4 9V5a1 1 0 0 1 1-1h4M15 4h4a1 1 0 0 1 1 1v4M20 15v4a1 1 0 0 1-1 1h-4M9 20H5a1 1 0 0 1-1-1v-4",
} as const;

type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

interface ButtonProps {
  icon: IconName;
  label: string;
  pressed?: boolean;
  onClick: () => void;
}

export function IconButton({ icon, label, pressed, onClick }: ButtonProps) {
  return (
    <button type="button" class="icon-button" aria-label={label} title={label}
      {...(pressed === undefined ? {} : { "aria-pressed": pressed })} onClick={onClick}>
      <Icon name={icon} />
    </button>
  ); // prettier-ignore
}
