/** Words of the page of keys in Chinese, loaded when the first of them is needed. */
export default {
  keys: {
    change: "修改“{{name}}”的按键 {{keys}}",
    add: "为“{{name}}”添加按键",
    reset: "恢复“{{name}}”的默认按键",
    resetAll: "全部恢复默认",
    resetAllAsk: "所有操作都将恢复默认按键。",
    changeTitle: "为“{{name}}”换一个按键",
    addTitle: "为“{{name}}”再加一个按键",
    new: "新按键",
    press: "按下新的按键：单个键、组合键，或先后按下的两个键。按 Esc 保持不变。",
    free: "没有其他操作使用这个按键。",
    taken: "“{{name}}”正在使用这个按键。改用后，“{{name}}”将失去它。",
    takenSwap: "“{{name}}”正在使用这个按键。交换后，“{{name}}”改用 {{keys}}。",
    begins: "与“{{name}}”的按键 {{keys}} 冲突，不能同时使用。",
    reserved: "浏览器或输入文字时需要用到这个按键。",
    same: "它已经是这个操作的按键。",
    swap: "交换",
    take: "改用到这里",
    remove: "删除 {{keys}}",
    singleHelp: "例如 j 和 e。带 Ctrl 或 Alt 的组合键始终有效。",
  },
};
