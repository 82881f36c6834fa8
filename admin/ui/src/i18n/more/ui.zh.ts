/** Words of ui in Chinese; the same keys as in ui.en.ts. */
export default {
  column: {
    name: "名称",
    state: "状态",
    when: "时间",
    made: "创建于",
    changed: "修改于",
    account: "渠道账号",
    from: "来自",
    text: "最后内容",
    error: "出错原因",
    tries: "次数",
    size: "大小",
    actions: "操作",
    table: "表格",
  },
};
