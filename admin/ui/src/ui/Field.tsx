import { Form, type FormItemProps } from "antd";
import { cloneElement, type ReactElement, useId } from "react";

interface Props extends Omit<FormItemProps, "children" | "name"> {
  children: ReactElement<{ id?: string }>;
}

/** Field ties a label to its control where no form holds the value. */
export function Field({ children, ...item }: Props) {
  const id = useId();
  return (
    <Form.Item {...item} htmlFor={id}>
      {cloneElement(children, { id })}
    </Form.Item>
  );
}
