import { type ThemeConfig, theme } from "antd";

/**
 * The component library drawn in our tokens; both modes are equals. Where motion is reduced it must know
 * (still): it waits for the end of its transitions, which then never comes.
 */
export function antdTheme(dark: boolean, still = false): ThemeConfig {
  return {
    algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      colorPrimary: dark ? "#3f6be3" : "#2f5fe0",
      colorPrimaryHover: dark ? "#3560d6" : "#2752c4",
      colorLink: dark ? "#93b0ff" : "#2752c4",
      colorLinkHover: dark ? "#b3c7ff" : "#1f429e",
      colorText: dark ? "#ececf0" : "#1b1c20",
      colorTextSecondary: dark ? "#b4b6bf" : "#55575f",
      colorTextTertiary: dark ? "#9496a1" : "#66686f",
      colorTextPlaceholder: dark ? "#9496a1" : "#66686f",
      colorTextDescription: dark ? "#9496a1" : "#66686f",
      colorBgContainer: dark ? "#17181b" : "#ffffff",
      colorBgElevated: dark ? "#212227" : "#ffffff",
      colorBgLayout: dark ? "#17181b" : "#ffffff",
      colorBorder: dark ? "#43454d" : "#cfcfd6",
      colorBorderSecondary: dark ? "#2c2d33" : "#e4e4e8",
      colorError: dark ? "#f28b8b" : "#c02b2b",
      colorErrorHover: dark ? "#f5a6a6" : "#a82424",
      colorErrorActive: dark ? "#f28b8b" : "#8f1d1d",
      colorWarning: dark ? "#e6ac4c" : "#96600a",
      colorSuccess: dark ? "#5cc98a" : "#1a7f45",
      borderRadius: 8,
      borderRadiusSM: 6,
      fontFamily: "var(--font)",
      fontSize: 14,
      motion: !still,
      motionDurationFast: "0.12s",
      motionDurationMid: "0.14s",
      motionDurationSlow: "0.16s",
      boxShadow: "var(--shadow)",
      boxShadowSecondary: "var(--shadow)",
      wireframe: false,
    },
    components: {
      Button: {
        primaryShadow: "none",
        defaultShadow: "none",
        dangerShadow: "none",
        dangerColor: dark ? "#2a1010" : "#ffffff",
        fontWeight: 500,
        defaultHoverColor: dark ? "#93b0ff" : "#2752c4",
        defaultHoverBorderColor: dark ? "#93b0ff" : "#2752c4",
      },
      Table: {
        headerBg: dark ? "#1c1d21" : "#f7f7f8",
        cellPaddingBlock: 10,
        cellPaddingInline: 12,
        colorTextDisabled: dark ? "#9496a1" : "#66686f", // the words of an empty table
      },
      Dropdown: { colorPrimary: dark ? "#93b0ff" : "#2752c4" }, // the words of what is chosen
      Form: { itemMarginBottom: 20 },
      Slider: {
        railBg: dark ? "#43454d" : "#cfcfd6",
        railHoverBg: dark ? "#43454d" : "#cfcfd6",
        trackBg: dark ? "#93b0ff" : "#2f5fe0",
        trackHoverBg: dark ? "#93b0ff" : "#2f5fe0",
        handleColor: dark ? "#93b0ff" : "#2f5fe0",
      },
      Segmented: { trackBg: dark ? "#26272c" : "#f0f0f3", itemSelectedBg: dark ? "#17181b" : "#ffffff" },
      Tabs: {
        horizontalMargin: "0",
        itemSelectedColor: dark ? "#93b0ff" : "#2752c4",
        itemActiveColor: dark ? "#93b0ff" : "#2752c4",
        itemHoverColor: dark ? "#b3c7ff" : "#1f429e",
        inkBarColor: dark ? "#93b0ff" : "#2752c4",
      },
    },
  };
}
