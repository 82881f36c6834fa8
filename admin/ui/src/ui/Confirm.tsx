import { Button, type ButtonProps, Popconfirm } from "antd";
import { useTranslation } from "react-i18next";

interface Props extends Omit<ButtonProps, "onClick"> {
  /** What will happen, said before it does. */
  question: string;
  onConfirm: () => unknown;
}

/** ConfirmButton asks once, beside itself, before it does what cannot be undone. */
export function ConfirmButton({ question, onConfirm, children, ...button }: Props) {
  const { t } = useTranslation();
  return (
    <Popconfirm
      title={<div style={{ maxWidth: 280 }}>{question}</div>}
      okText={children ?? t("do.delete")}
      cancelText={t("do.cancel")}
      okButtonProps={{ danger: button.danger }}
      onConfirm={onConfirm}
      icon={null}
    >
      {/* A row of red bins would shout: the icon alone is quiet, the question is not. */}
      <Button {...button} danger={button.danger && Boolean(children)}>
        {children}
      </Button>
    </Popconfirm>
  );
}
